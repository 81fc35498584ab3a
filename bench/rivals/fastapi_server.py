"""The same four operations as FastAPI's own tutorials write them: SQLModel over asyncpg, PyJWT, uvicorn with uvloop."""

import os
from datetime import datetime, timezone
from typing import Annotated
from uuid import UUID, uuid4

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import DateTime
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

SECRET = os.environ["JWT_SECRET"]
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"), pool_size=10, max_overflow=0
)
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Time = DateTime(timezone=True)


def now() -> datetime:
    return datetime.now(timezone.utc)


class TaskBase(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    completed: bool = False


class Task(TaskBase, table=True):
    __tablename__ = "tasks"
    owner_id: str = Field(primary_key=True)
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    completed_at: datetime | None = Field(default=None, sa_type=Time)
    created_at: datetime = Field(default_factory=now, sa_type=Time)
    updated_at: datetime = Field(default_factory=now, sa_type=Time)
    version: int = 1
    change_seq: int = 1


class TaskRead(TaskBase):
    id: UUID
    owner_id: str
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class TaskUpdate(SQLModel):
    title: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    completed: bool | None = None


class TaskPage(SQLModel):
    items: list[TaskRead]
    next_cursor: str | None


async def session():
    async with sessions() as opened:
        yield opened


def owner(user_id: str, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError as error:
        raise HTTPException(401, "Not authenticated") from error
    if user_id not in ("me", claims["sub"]):
        raise HTTPException(404, "Not found")
    return claims["sub"]


Owner = Annotated[str, Depends(owner)]
Session = Annotated[AsyncSession, Depends(session)]
app = FastAPI()
TASKS = "/api/v1/users/{user_id}/tasks"


async def find(opened: AsyncSession, owner_id: str, task_id: UUID) -> Task:
    task = await opened.get(Task, (owner_id, task_id))
    if task is None:
        raise HTTPException(404, "Not found")
    return task


@app.get(TASKS + "/{task_id}", response_model=TaskRead)
async def get_task(task_id: UUID, owner_id: Owner, opened: Session):
    return await find(opened, owner_id, task_id)


@app.get(TASKS, response_model=TaskPage)
async def list_tasks(owner_id: Owner, opened: Session, limit: Annotated[int, Query(ge=1, le=100)] = 50):
    query = select(Task).where(Task.owner_id == owner_id)
    query = query.order_by(Task.created_at.desc(), Task.id.desc()).limit(limit + 1)
    rows = (await opened.exec(query)).all()
    return {"items": rows[:limit], "next_cursor": str(rows[limit].id) if len(rows) > limit else None}


@app.post(TASKS, status_code=201, response_model=TaskRead)
async def create_task(body: TaskBase, owner_id: Owner, opened: Session):
    task = Task(owner_id=owner_id, **body.model_dump(), completed_at=now() if body.completed else None)
    opened.add(task)
    await opened.commit()
    return task


@app.patch(TASKS + "/{task_id}", response_model=TaskRead)
async def update_task(task_id: UUID, body: TaskUpdate, owner_id: Owner, opened: Session):
    task = await find(opened, owner_id, task_id)
    task.sqlmodel_update(body.model_dump(exclude_unset=True))
    task.completed_at = (task.completed_at or now()) if task.completed else None
    task.updated_at = now()
    task.version += 1
    opened.add(task)
    await opened.commit()
    return task


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False, log_level="warning")
